# Short names for what Maven does. `mvn verify` works without this file.
MVN ?= mvn
RUN ?= bin/portcullis
MYSQL_SERIES ?= 9.7

.PHONY: all build fmt test it it-mysql it-docker hunt bench run clean

all: test                 ## Format check, build, unit and architecture tests

build:                    ## What bin/portcullis runs; it builds by itself only when nothing is there
	$(MVN) -q -B -pl embedded -am -DskipTests package

fmt:                      ## Format the sources
	$(MVN) -q spotless:apply

test:                     ## Format check, build, unit and architecture tests
	$(MVN) -B test

it:                       ## Everything, with the integration tests on the embedded server
	$(MVN) -B verify

it-mysql:                 ## The same integration tests on a MySQL of MYSQL_SERIES, kept below integration-tests/target
	MYSQL_SERIES=$(MYSQL_SERIES) integration-tests/mysql/install integration-tests/target/mysql-$(MYSQL_SERIES)
	$(MVN) -B verify -Dportcullis.it.backend=mysqld:$(CURDIR)/integration-tests/target/mysql-$(MYSQL_SERIES)/bin/mysqld

it-docker:                ## The same integration tests on MySQL 8.4 in Docker
	$(MVN) -B verify -Dportcullis.it.backend=docker:mysql:8.4

hunt:                     ## 100,000 random statements: what the gate permits, the server permits
	$(MVN) -B verify -pl integration-tests -am -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dit.test='*DifferentialIT' -Dfailsafe.failIfNoSpecifiedTests=false -Dportcullis.it.fuzz.statements=100000

bench:                    ## Hot path and end to end, beside a direct connection
	bin/bench

run:                      ## Start with an embedded MariaDB
	$(RUN) start

clean:                    ## Remove what was built
	$(MVN) -q clean
