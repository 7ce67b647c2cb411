<?php
// mysqli and PDO, as an administrator and as a reader of one table.
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
$host = getenv('GATE_HOST') ?: '127.0.0.1';
$port = (int) (getenv('GATE_PORT') ?: 3307);
$user = getenv('GATE_USER');
$password = getenv('GATE_PASSWORD');

function check(bool $right, string $what): void {
    if (!$right) {
        fwrite(STDERR, "failed: $what\n");
        exit(1);
    }
}

function refused(int $errno, callable $doing, string $what): void {
    try {
        $doing();
    } catch (mysqli_sql_exception $e) {
        check($e->getCode() === $errno, "$what: " . $e->getMessage());
        return;
    } catch (PDOException $e) {
        check(($e->errorInfo[1] ?? 0) === $errno, "$what: " . $e->getMessage());
        return;
    }
    check(false, "$what is refused");
}

function scenario(callable $query, callable $execute): void {
    if (getenv('GATE_ROLE') === 'administrator') {
        $query('CREATE TABLE clients_it.made (id INT PRIMARY KEY, s VARCHAR(40))');
        $query('START TRANSACTION');
        $execute('INSERT INTO clients_it.made VALUES (?, ?)', [1, 'größer 😀']);
        $query('ROLLBACK');
        $execute('INSERT INTO clients_it.made VALUES (?, ?)', [2, 'größer 😀']);
        $rows = $query('SELECT id, s FROM clients_it.made');
        check(count($rows) === 1 && (int) $rows[0]['id'] === 2 && $rows[0]['s'] === 'größer 😀', 'rows');
        $query('DROP TABLE clients_it.made');
        return;
    }
    check($execute('SELECT s FROM clients_it.shown WHERE id = ?', [1])[0]['s'] === 'one', 'select');
    $large = $query("SELECT REPEAT('x', 200000) AS x FROM clients_it.shown");
    check(strlen($large[0]['x']) === 200000, 'large value');
    refused(1142, fn() => $query('SELECT * FROM clients_it.hidden'), 'hidden table');
    refused(1142, fn() => $execute('DELETE FROM clients_it.shown WHERE id = ?', [1]), 'delete');
    check((int) $query('SELECT COUNT(*) AS n FROM clients_it.shown')[0]['n'] === 1, 'count');
}

foreach ([0, MYSQLI_CLIENT_COMPRESS, MYSQLI_CLIENT_SSL | MYSQLI_CLIENT_SSL_DONT_VERIFY_SERVER_CERT] as $flags) {
    $connection = mysqli_init();
    $connection->real_connect($host, $user, $password, null, $port, null, $flags);
    $connection->set_charset('utf8mb4');
    scenario(
        function (string $sql) use ($connection) {
            $result = $connection->query($sql);
            return $result === true ? [] : $result->fetch_all(MYSQLI_ASSOC);
        },
        function (string $sql, array $values) use ($connection) {
            $result = $connection->execute_query($sql, $values);
            return $result === true ? [] : $result->fetch_all(MYSQLI_ASSOC);
        });
    $connection->close();
    echo "mysqli, flags $flags: ok\n";
}

foreach ([true, false] as $emulated) {
    $pdo = new PDO("mysql:host=$host;port=$port;charset=utf8mb4", $user, $password, [
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
        PDO::ATTR_EMULATE_PREPARES => $emulated,
    ]);
    scenario(
        function (string $sql) use ($pdo) {
            $statement = $pdo->query($sql);
            return $statement->columnCount() === 0 ? [] : $statement->fetchAll(PDO::FETCH_ASSOC);
        },
        function (string $sql, array $values) use ($pdo) {
            $statement = $pdo->prepare($sql);
            $statement->execute($values);
            return $statement->columnCount() === 0 ? [] : $statement->fetchAll(PDO::FETCH_ASSOC);
        });
    $pdo = null;
    echo 'PDO, ' . ($emulated ? 'emulated' : 'prepared') . ": ok\n";
}
