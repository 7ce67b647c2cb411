package io.portcullis.proxy.session;

/**
 * How a response ended.
 *
 * @param error whether the last packet is ERR
 * @param errno number of that error, 0 without one
 * @param statusFlags server status flags of the last OK or EOF packet; after an ERR those known
 *     before it
 * @param warnings warning count of the last OK or EOF packet
 * @param nextSequence sequence id that follows that of the last packet, renumbered as the packets
 *     were (0..255)
 */
public record ResponseEnd(
    boolean error, int errno, int statusFlags, int warnings, int nextSequence) {}
