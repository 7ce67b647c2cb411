DELIMITER //
CREATE TRIGGER purchases_logged AFTER INSERT ON purchases FOR EACH ROW
BEGIN
  INSERT INTO log VALUES (CONCAT('purchase ', NEW.id));
END //
DELIMITER ;
CREATE PROCEDURE sell(IN who INT, IN how_much DECIMAL(8, 2)) INSERT INTO purchases (customer, total) VALUES (who, how_much);
CREATE VIEW totals AS SELECT c.name, SUM(p.total) AS total FROM customers c JOIN purchases p ON p.customer = c.id GROUP BY c.name;
