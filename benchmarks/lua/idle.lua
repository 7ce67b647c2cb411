-- Opens connections, has each ask once, and then leaves them alone until the time is over.
sysbench.cmdline.options = {
  held = {"how many", 1000},
  statement = {"what each asks once", "SELECT c FROM sbtest1 WHERE id = 1"},
  ready = {"a file that is made when all are open", ""}
}

local ffi = require("ffi")
ffi.cdef("int poll(void *descriptors, unsigned long count, int milliseconds);")

local connections = {}

function thread_init()
  local driver = sysbench.sql.driver()
  for i = 1, sysbench.opt.held do
    connections[i] = driver:connect()
    connections[i]:query(sysbench.opt.statement)
  end
  if sysbench.opt.ready ~= "" then
    io.open(sysbench.opt.ready, "w"):close()
  end
end

function event()
  ffi.C.poll(nil, 0, 100)
end

function thread_done()
  for _, connection in ipairs(connections) do
    connection:disconnect()
  end
end
