/** The composition root: builds everything by constructor, starts, drains and stops it. */
@NullMarked
package io.portcullis.proxy.server;

import org.jspecify.annotations.NullMarked;
