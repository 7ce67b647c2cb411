/**
 * Random statements, hostile spelling included, judged by the gate and by a server: what the gate
 * permits the server must permit too, and both must read the same text alike. Every run is decided
 * by its seed.
 */
@NullMarked
package io.portcullis.it.fuzz;

import org.jspecify.annotations.NullMarked;
