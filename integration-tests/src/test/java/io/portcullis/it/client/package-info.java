/** Programs that are not drivers, through the gate: mappers, migrations, dumps, load generators. */
@NullMarked
package io.portcullis.it.client;

import org.jspecify.annotations.NullMarked;
