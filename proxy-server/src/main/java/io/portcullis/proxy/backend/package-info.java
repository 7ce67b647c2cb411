/**
 * The client side of the data path: connections to the backend server, their login, their pool, and
 * the tracker that relays responses without decoding them.
 */
@NullMarked
package io.portcullis.proxy.backend;

import org.jspecify.annotations.NullMarked;
