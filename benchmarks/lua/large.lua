-- Event: one statement whose result is large, read to its end.
sysbench.cmdline.options = {statement = {"what is asked", "SELECT * FROM sbtest1"}}

local connection

function thread_init()
  connection = sysbench.sql.driver():connect()
end

function event()
  connection:query(sysbench.opt.statement)
end

function thread_done()
  connection:disconnect()
end
