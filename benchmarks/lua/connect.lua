-- Event: a connection with its login, one statement, and the end of the connection.
sysbench.cmdline.options = {statement = {"what each connection asks", "SELECT c FROM sbtest1 WHERE id = 1"}}

local driver

function thread_init()
  driver = sysbench.sql.driver()
end

function event()
  local connection = driver:connect()
  connection:query(sysbench.opt.statement)
  connection:disconnect()
end
