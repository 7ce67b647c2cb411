"""SQLAlchemy on PyMySQL, as an administrator and as a reader of one table: tables, mapping, reflection."""

import os

import sqlalchemy as sa
from sqlalchemy import orm


def engine():
    url = sa.engine.URL.create(
        "mysql+pymysql",
        username=os.environ["GATE_USER"],
        password=os.environ["GATE_PASSWORD"],
        host=os.environ.get("GATE_HOST", "127.0.0.1"),
        port=int(os.environ.get("GATE_PORT", "3307")),
        database="clients_it",
        query={"charset": "utf8mb4"},
    )
    return sa.create_engine(url, pool_size=2, pool_pre_ping=True, future=True)


Base = orm.declarative_base()


class Customer(Base):
    __tablename__ = "alchemy_customers"
    __table_args__ = {"mysql_charset": "utf8mb4"}
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(40), unique=True)
    orders = orm.relationship("Order", back_populates="customer")


class Order(Base):
    __tablename__ = "alchemy_orders"
    __table_args__ = {"mysql_charset": "utf8mb4"}
    id = sa.Column(sa.Integer, primary_key=True)
    total = sa.Column(sa.Numeric(8, 2))
    customer_id = sa.Column(sa.ForeignKey("alchemy_customers.id"))
    customer = orm.relationship("Customer", back_populates="orders")


def refused(errno, connection, sql):
    try:
        connection.execute(sa.text(sql))
    except sa.exc.DBAPIError as error:
        assert error.orig.args[0] == errno, error
        connection.rollback()
    else:
        raise AssertionError("not refused: " + sql)


def administrator(on):
    Base.metadata.create_all(on)
    try:
        with orm.Session(on, future=True) as session:
            session.add(Customer(name="größer 😀", orders=[Order(total=12), Order(total=8)]))
            session.commit()
            found = session.execute(
                sa.select(Customer.name, sa.func.sum(Order.total)).join(Order).group_by(Customer.name)
            ).one()
            assert found == ("größer 😀", 20), found
        inspected = sa.inspect(on)
        assert "alchemy_orders" in inspected.get_table_names()
        keys = inspected.get_foreign_keys("alchemy_orders")
        assert keys[0]["referred_table"] == "alchemy_customers", keys
        assert inspected.get_unique_constraints("alchemy_customers")
        reflected = sa.Table("alchemy_orders", sa.MetaData(), autoload_with=on)
        assert {"id", "total", "customer_id"} == set(reflected.columns.keys())
    finally:
        Base.metadata.drop_all(on)


def reader(on):
    with on.connect() as connection:
        assert connection.execute(sa.text("SELECT s FROM shown WHERE id = :id"), {"id": 1}).scalar() == "one"
        refused(1142, connection, "SELECT * FROM hidden")
        refused(1142, connection, "INSERT INTO shown VALUES (2, 'two')")
        assert connection.execute(sa.text("SELECT COUNT(*) FROM shown")).scalar() == 1


on = engine()
(administrator if os.environ["GATE_ROLE"] == "administrator" else reader)(on)
print("SQLAlchemy " + sa.__version__ + ": ok")
