package io.portcullis.sql.analysis;

import io.portcullis.sql.text.Refusal;

/** A statement nobody may run through the gate, or that was not understood. */
public record AnalysisRefused(Refusal refusal) implements AnalysisResult {}
