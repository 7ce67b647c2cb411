package io.portcullis.sql.statement;

/**
 * A statement as the gate understands it. Dispatch is by {@code instanceof}, ending in an error.
 */
public sealed interface Statement
    permits ForwardStatement,
        UseStatement,
        SetVariables,
        ShowDatabases,
        ShowWarnings,
        ShowProcesslist,
        ShowVariables,
        ShowPrograms,
        Kill,
        PrepareText,
        FromVariable,
        ExecuteText,
        DeallocateText,
        ExplainAccess,
        AccountTemplate,
        AccessControlStatement {}
