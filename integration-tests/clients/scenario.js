// What every Node driver does, as an administrator and as a reader of one table. A driver is an
// object with connect(options) -> { query(sql), execute(sql, values), close() }; both reject with
// an error that has errno.
'use strict';
const assert = require('node:assert');

const environment = {
  host: process.env.GATE_HOST || '127.0.0.1',
  port: Number(process.env.GATE_PORT || 3307),
  user: process.env.GATE_USER,
  password: process.env.GATE_PASSWORD,
};

async function refused(errno, doing) {
  await assert.rejects(doing, (error) => {
    assert.strictEqual(error.errno, errno, error.message);
    return true;
  });
}

async function administrator(connection) {
  await connection.query('CREATE TABLE clients_it.made (id INT PRIMARY KEY, s VARCHAR(40))');
  await connection.query('START TRANSACTION');
  await connection.execute('INSERT INTO clients_it.made VALUES (?, ?)', [1, 'größer 😀']);
  await connection.query('ROLLBACK');
  await connection.execute('INSERT INTO clients_it.made VALUES (?, ?)', [2, 'größer 😀']);
  const rows = await connection.query('SELECT id, s FROM clients_it.made');
  assert.deepStrictEqual(rows.map((row) => [row.id, row.s]), [[2, 'größer 😀']]);
  await connection.query('DROP TABLE clients_it.made');
}

async function reader(connection) {
  const rows = await connection.execute('SELECT s FROM clients_it.shown WHERE id = ?', [1]);
  assert.strictEqual(rows[0].s, 'one');
  const large = await connection.query("SELECT REPEAT('x', 200000) AS x, s FROM clients_it.shown");
  assert.strictEqual(large[0].x.length, 200000);
  await refused(1142, () => connection.query('SELECT * FROM clients_it.hidden'));
  await refused(1142, () => connection.execute('DELETE FROM clients_it.shown WHERE id = ?', [1]));
  const again = await connection.query('SELECT COUNT(*) AS n FROM clients_it.shown');
  assert.strictEqual(Number(again[0].n), 1);
}

exports.run = async (connect) => {
  const scenario = process.env.GATE_ROLE === 'administrator' ? administrator : reader;
  for (const [name, options] of [
    ['plain', {}],
    ['compressed', { compress: true }],
    ['tls', { ssl: { rejectUnauthorized: false } }],
    ['tls and compressed', { ssl: { rejectUnauthorized: false }, compress: true }],
  ]) {
    const connection = await connect({ ...environment, ...options });
    await scenario(connection);
    await connection.close();
    console.log(name + ': ok');
  }
};

exports.main = (connect) =>
  exports.run(connect).catch((error) => {
    console.error(error);
    process.exit(1);
  });
