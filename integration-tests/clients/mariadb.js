'use strict';
const mariadb = require('mariadb');

require('./scenario').main(async (options) => {
  const connection = await mariadb.createConnection({
    ...options,
    // Without TLS the gate's RSA key hides the password; the driver asks for it only if told to.
    allowPublicKeyRetrieval: true,
  });
  return {
    query: (sql) => connection.query(sql),
    execute: (sql, values) => connection.execute(sql, values),
    close: () => connection.end(),
  };
});
