/**
 * The configuration as records, and how a YAML file and the environment become them.
 *
 * <p>Jackson reads the YAML; the step from its tree to the records is by hand, so that every
 * complaint carries the full path of the key, all complaints come at once, and each key can also
 * come from the environment.
 */
@NullMarked
package io.portcullis.proxy.config;

import org.jspecify.annotations.NullMarked;
