package io.portcullis.proxy.session;

/**
 * How many sessions there may be at a time; zero for no limit.
 *
 * @param all from everywhere
 * @param perAddress of clients with the same address
 * @param perUser that are logged in as the same user
 */
public record SessionLimits(int all, int perAddress, int perUser) {}
