namespace Ingest.Schemas;

/// <content>What the run found wrong.</content>
internal ref partial struct Validation
{
    /// <summary>The errors found; null when there are none.</summary>
    public readonly List<SchemaError>? Errors => _errors;

    /// <summary>Reports that a value is not what a keyword expects. Returns false.</summary>
    public bool Fail(Keyword keyword, int row, string expected) =>
        Collecting && Fail(keyword.Site.Location, row, expected);

    /// <summary>Reports a member or an item that a schema <c>false</c> rules out. Returns false.</summary>
    /// <param name="schema">The schema <c>false</c>.</param>
    /// <param name="row">The name of the member, or the item.</param>
    public bool Unexpected(SchemaNode schema, int row) =>
        Collecting && Report(schema.Location, row, Instance.Rows[row].Kind == JsonKind.Name
            ? $"found {JsonDescription.Of(Instance, row)}, expected only members that the schema names"
            : $"found {JsonDescription.Of(Instance, row)}, expected no further items");

    /// <summary>Reports an error in words of its own. Returns false.</summary>
    public bool Report(string location, int row, string message)
    {
        if (!Collecting)
            return false;
        Add(location, row, message);
        Collecting = _errors!.Count < _errorsMax;
        return false;
    }

    /// <summary>
    /// Gives up because the instance cannot be judged. Reported even where errors are not collected: a <c>not</c> must not
    /// turn "cannot be judged" into "valid". Returns false.
    /// </summary>
    public bool Abort(int row, string location, string message)
    {
        if (Aborted)
            return false;
        Aborted = true;
        Collecting = false;
        if (_errors?.Count == _errorsMax)
            _errors.RemoveAt(_errorsMax - 1);
        Add(location, row, message);
        return false;
    }

    /// <summary>The first error of a value that fails, for use in the message of an alternative; null if it passes.</summary>
    public SchemaError? FirstError(SchemaNode node, int row)
    {
        var (errors, errorsMax, marks) = (_errors, _errorsMax, _marks);
        (_errors, _errorsMax, _marks) = (null, 1, NoMarks);
        Evaluate(node, row);
        var first = _errors?[0];
        (_errors, _errorsMax, _marks) = (errors, errorsMax, marks);
        if (Aborted && first is not null)
            (_errors ??= []).Add(first);
        Collecting = !Aborted;
        return first;
    }

    private bool Fail(string location, int row, string expected) =>
        Collecting && Report(location, row, $"found {JsonDescription.Of(Instance, row)}, expected {expected}");

    private void Add(string location, int row, string message) =>
        (_errors ??= []).Add(new SchemaError(
            JsonPointer.To(Instance, row), location, JsonDescription.Shorten(message, _limits.MessageCharsMax)));
}
