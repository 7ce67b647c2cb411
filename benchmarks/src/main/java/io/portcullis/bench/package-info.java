/** JMH benchmarks of the hot path, and what {@code bin/bench} needs beside sysbench. */
@NullMarked
package io.portcullis.bench;

import org.jspecify.annotations.NullMarked;
