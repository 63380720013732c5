using System.Buffers;

namespace Ingest.Schemas;

/// <summary>
/// One run of a schema over one instance: bounds the work, collects the errors, and keeps the two things that a subschema
/// learns from those around it, its dynamic scope and its marks.
/// </summary>
internal ref partial struct Validation
{
    public readonly JsonIndex Instance;

    /// <summary>Bytes that count as one step of work where text is read or marks are copied.</summary>
    public const int BytesPerStep = 64;

    private readonly SchemaLimits _limits;

    // The resource of each open subschema; null where no schema uses dynamic references.
    private readonly ResourceName[]? _scope;

    private List<SchemaError>? _errors;
    private int _errorsMax;
    private int _workLeft;

    // Subschemas open now.
    private int _open;

    // The marks of the current value: where they begin on the stack, and how many they are.
    private int _marks = NoMarks;
    private int _markCount;
    private byte[]? _markStack;
    private int _markTop;

    public Validation(JsonIndex instance, SchemaLimits limits, bool dynamicScope)
    {
        Instance = instance;
        _limits = limits;
        _workLeft = limits.WorkMax;
        _errorsMax = limits.ErrorsMax;
        Collecting = true;
        _scope = dynamicScope ? ArrayPool<ResourceName>.Shared.Rent(limits.RecursionMax) : null;
    }

    /// <summary>A run that reports nothing and has a part of the work that is allowed.</summary>
    public static Validation Quiet(JsonIndex instance, SchemaLimits limits, int workMax) =>
        new(instance, limits, dynamicScope: false) { Collecting = false, _workLeft = workMax };

    /// <summary>Whether the run was given up; then the instance is invalid whatever else was found.</summary>
    public bool Aborted { get; private set; }

    /// <summary>
    /// Whether errors are reported. When not, only the verdict counts, so that the first error ends the work.
    /// </summary>
    public bool Collecting { get; private set; }

    /// <summary>Judges the value at <paramref name="row"/> by a subschema that stands for the same value as its parent.</summary>
    public bool Evaluate(SchemaNode node, int row)
    {
        if (!Enter(node, row))
            return false;
        var unevaluated = node.Unevaluated;
        var valid = unevaluated is not null && unevaluated.Covers(Instance.Rows[row].Kind)
            ? EvaluateMarked(node, unevaluated, row)
            : CheckKeywords(node, row);
        Leave();
        return valid;
    }

    /// <summary>Judges a value without touching the marks: a member, an item or a name, or the value of a <c>not</c>.</summary>
    public bool EvaluateApart(SchemaNode node, int row)
    {
        if (node.Passes(Instance.Rows[row].Kind))
            return Spend(row, 1);
        var marks = _marks;
        _marks = NoMarks;
        var valid = Evaluate(node, row);
        _marks = marks;
        return valid;
    }

    /// <summary>Tells whether a value passes, reporting nothing; marks are kept only if it passes.</summary>
    public bool Test(SchemaNode node, int row)
    {
        var collecting = Collecting;
        Collecting = false;
        var saved = SaveMarks(row);
        var valid = Evaluate(node, row);
        RestoreMarks(saved, keep: valid);
        Collecting = collecting && !Aborted;
        return valid;
    }

    /// <summary>Tells whether a value passes, reporting nothing and leaving the marks as they are.</summary>
    public bool TestApart(SchemaNode node, int row)
    {
        var collecting = Collecting;
        Collecting = false;
        var valid = EvaluateApart(node, row);
        Collecting = collecting && !Aborted;
        return valid;
    }

    /// <summary>Takes steps of work from the run's budget; false once it is used up.</summary>
    public bool Spend(int row, int steps)
    {
        if (steps <= _workLeft)
        {
            _workLeft -= steps;
            return true;
        }

        // Nothing more may be spent, however little it is.
        _workLeft = -1;
        return Abort(
            row, "", $"judging takes more than {_limits.WorkMax} steps: simplify the event, or the alternatives of its schema");
    }

    /// <summary>Judges a value by several keywords; by all of them where errors are reported.</summary>
    public bool CheckAll(ReadOnlySpan<Keyword> keywords, int row)
    {
        var valid = true;
        foreach (var keyword in keywords)
        {
            if (keyword.Check(ref this, row))
                continue;
            valid = false;
            if (!Collecting)
                break;
        }

        return valid;
    }

    public void Dispose()
    {
        if (_scope is not null)
            ArrayPool<ResourceName>.Shared.Return(_scope, clearArray: true);
        ReturnMarks();
    }

    private bool CheckKeywords(SchemaNode node, int row) => node.IsFalse
        ? Fail(node.Location, row, "no value")
        : CheckAll(node.KeywordsFor(Instance.Rows[row].Kind), row);

    /// <summary>Opens a subschema, which <see cref="Leave"/> closes; false where it may not be.</summary>
    public bool Enter(SchemaNode node, int row)
    {
        if (Aborted || !Spend(row, 1))
            return false;
        if (_open == _limits.RecursionMax)
        {
            return Abort(row, node.Location,
                $"more than {_limits.RecursionMax} subschemas are open at once: the schema refers to itself without end");
        }

        if (_scope is not null)
            _scope[_open] = node.Resource;
        _open++;
        return true;
    }

    public void Leave() => _open--;
}
