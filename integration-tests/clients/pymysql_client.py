"""PyMySQL, as an administrator and as a reader of one table."""

import os
import ssl

import pymysql


def connect(tls):
    context = None
    if tls:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return pymysql.connect(
        host=os.environ.get("GATE_HOST", "127.0.0.1"),
        port=int(os.environ.get("GATE_PORT", "3307")),
        user=os.environ["GATE_USER"],
        password=os.environ["GATE_PASSWORD"],
        charset="utf8mb4",
        ssl=context,
        ssl_disabled=not tls,
    )


def rows(connection, sql, values=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def refused(errno, connection, sql):
    try:
        rows(connection, sql)
    except pymysql.MySQLError as error:
        assert error.args[0] == errno, error
    else:
        raise AssertionError("not refused: " + sql)


def administrator(connection):
    rows(connection, "CREATE TABLE clients_it.made (id INT PRIMARY KEY, s VARCHAR(40))")
    connection.begin()
    rows(connection, "INSERT INTO clients_it.made VALUES (%s, %s)", (1, "größer 😀"))
    connection.rollback()
    rows(connection, "INSERT INTO clients_it.made VALUES (%s, %s)", (2, "größer 😀"))
    connection.commit()
    assert rows(connection, "SELECT id, s FROM clients_it.made") == ((2, "größer 😀"),)
    rows(connection, "DROP TABLE clients_it.made")


def reader(connection):
    assert rows(connection, "SELECT s FROM clients_it.shown WHERE id = %s", (1,)) == (("one",),)
    assert len(rows(connection, "SELECT REPEAT('x', 200000) FROM clients_it.shown")[0][0]) == 200000
    refused(1142, connection, "SELECT * FROM clients_it.hidden")
    refused(1142, connection, "DELETE FROM clients_it.shown WHERE id = 1")
    assert rows(connection, "SELECT COUNT(*) FROM clients_it.shown") == ((1,),)


for tls in (False, True):
    with connect(tls) as open_connection:
        (administrator if os.environ["GATE_ROLE"] == "administrator" else reader)(open_connection)
    print("tls: ok" if tls else "plain: ok")
