/** The packets a client sends in the command phase, and which of them are offered. */
@NullMarked
package io.portcullis.proxy.wire.command;

import org.jspecify.annotations.NullMarked;
