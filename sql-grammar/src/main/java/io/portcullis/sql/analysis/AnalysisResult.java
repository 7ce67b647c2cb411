package io.portcullis.sql.analysis;

/** What came of analysing a statement: a value, also when it was refused. */
public sealed interface AnalysisResult permits StatementAnalysis, AnalysisRefused {}
