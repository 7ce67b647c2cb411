/** Gates that are started as only tests may. */
@NullMarked
package io.portcullis.proxy.server;

import org.jspecify.annotations.NullMarked;
