'use strict';
const mysql = require('mysql2/promise');

require('./scenario').main(async (options) => {
  const connection = await mysql.createConnection(options);
  return {
    query: async (sql) => (await connection.query(sql))[0],
    execute: async (sql, values) => (await connection.execute(sql, values))[0],
    close: () => connection.end(),
  };
});
