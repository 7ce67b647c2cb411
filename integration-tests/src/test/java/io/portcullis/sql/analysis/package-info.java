/** Analysis as only tests may have it. */
@NullMarked
package io.portcullis.sql.analysis;

import org.jspecify.annotations.NullMarked;
