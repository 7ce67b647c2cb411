INSERT INTO customers (name) VALUES ('Ada'), ('Grace');
INSERT INTO purchases (customer, total) VALUES (1, 12.5);
CALL sell(1, 7.5);
