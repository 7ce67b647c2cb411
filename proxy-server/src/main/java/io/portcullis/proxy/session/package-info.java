/**
 * The session between the two ends of the data path, and the ports it talks to them through. The
 * backend side ({@code proxy.backend}) implements these interfaces; the session never sees its
 * channels.
 */
@NullMarked
package io.portcullis.proxy.session;

import org.jspecify.annotations.NullMarked;
