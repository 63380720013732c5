namespace Ingest.Schemas;

/// <summary>
/// Every bound on schemas and instances, with its unit and the reason for its size. Schemas come from operators and are
/// refused when beyond a bound; instances come from anyone and get an error, never a hang or a crash.
/// </summary>
public sealed record SchemaLimits
{
    internal static SchemaLimits Default { get; } = new();

    /// <summary>Bytes of one schema document. The largest public event schemas have 50 KB.</summary>
    public int SchemaBytesMax { get; init; } = 1 << 20;

    /// <summary>Levels of JSON nesting in a schema document. Two levels of schema make one of the instance.</summary>
    public int SchemaDepthMax { get; init; } = 128;

    /// <summary>Subschemas of one compiled schema with all that it refers to: about 700 bytes of memory each.</summary>
    public int SubschemasMax { get; init; } = 20_000;

    /// <summary>Documents that one schema may reach by references.</summary>
    public int DocumentsMax { get; init; } = 64;

    /// <summary>Levels of JSON nesting in an instance. 64 is what the framework's own readers allow.</summary>
    public int InstanceDepthMax { get; init; } = 64;

    /// <summary>Characters of one number. Numbers are compared exactly; the exact value of a double has up to 767 digits.</summary>
    public int NumberCharsMax { get; init; } = 1_000;

    /// <summary>Size of a number's exponent. Far beyond any double (308); bounds exact division.</summary>
    public int NumberExponentMax { get; init; } = 100_000;

    /// <summary>Characters of one regular expression.</summary>
    public int PatternCharsMax { get; init; } = 4_096;

    /// <summary>Uses of patterns in one compiled schema: each takes up to 160 KB of memory, unless shared.</summary>
    public int PatternsMax { get; init; } = 500;

    /// <summary>
    /// How long one match may take by the clock, for patterns that need backtracking (look-arounds, back references);
    /// then the instance is rejected. Long enough that a busy machine does not reject an innocent text.
    /// </summary>
    public TimeSpan PatternTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Subschemas open at once while judging, which bounds the stack: 64 levels of instance, 8 subschemas in each.</summary>
    public int RecursionMax { get; init; } = 512;

    /// <summary>Errors reported for one instance. A person mends a few at a time.</summary>
    public int ErrorsMax { get; init; } = 32;

    /// <summary>Characters of one error message, so that a quarantine line stays readable.</summary>
    public int MessageCharsMax { get; init; } = 300;

    /// <summary>
    /// Steps of one validation: a step is a subschema applied to a value, a value compared, 64 bytes of text read, or 16
    /// characters times states of a pattern. A 1 MiB event takes under a million; nests of <c>anyOf</c> can ask for 2^n,
    /// and stop here after some tenths of a second.
    /// </summary>
    public int WorkMax { get; init; } = 4_000_000;

    /// <summary>Compiled schemas that one folder keeps in memory; above it a schema is compiled at every look-up.</summary>
    public int FolderSchemasMax { get; init; } = 10_000;

    /// <summary>Unknown names that one folder remembers; above it the folder is listed once, and that decides.</summary>
    public int FolderUnknownMax { get; init; } = 10_000;

    /// <summary>Files of a folder that are listed; in a larger one each further unknown name costs a look at the disk.</summary>
    public int FolderFilesMax { get; init; } = 100_000;

    /// <summary>What is wrong with these limits, one sentence each; empty when they fit together.</summary>
    public IReadOnlyList<string> Violations()
    {
        var found = new List<string>();
        Require(SchemaBytesMax >= 2, "SchemaBytesMax must be at least 2: the shortest schema is {}.");
        Require(SchemaDepthMax is >= 1 and <= 1_000, "SchemaDepthMax must be 1 to 1,000: reading a schema nests calls.");
        Require(SubschemasMax >= 1 && DocumentsMax >= 1, "SubschemasMax and DocumentsMax must be at least 1.");
        Require(InstanceDepthMax is >= 1 and <= 1_000, "InstanceDepthMax must be 1 to 1,000: reading and comparing values nests calls.");
        Require(NumberCharsMax is >= 25 and <= 10_000, "NumberCharsMax must be 25, which any double may need, to 10,000.");
        Require(NumberExponentMax is >= 308 and <= 100_000_000, "NumberExponentMax must be 308, that of doubles, to 100,000,000.");
        Require(PatternCharsMax is >= 1 and <= 100_000, "PatternCharsMax must be 1 to 100,000.");
        Require(PatternsMax >= 0, "PatternsMax must not be negative.");
        Require(
            PatternTimeout > TimeSpan.Zero && PatternTimeout <= TimeSpan.FromMinutes(1),
            "PatternTimeout must be above zero and at most 1 min.");
        Require(RecursionMax is >= 1 and <= 1_000, "RecursionMax must be 1 to 1,000: open subschemas nest calls.");
        Require(ErrorsMax >= 1, "ErrorsMax must be at least 1.");
        Require(MessageCharsMax >= 40, "MessageCharsMax must be at least 40: less says nothing.");
        Require(WorkMax >= 1, "WorkMax must be at least 1.");
        Require(
            FolderSchemasMax >= 0 && FolderUnknownMax >= 0 && FolderFilesMax >= 0,
            "FolderSchemasMax, FolderUnknownMax and FolderFilesMax must not be negative.");
        return found;

        void Require(bool holds, string message)
        {
            if (!holds)
                found.Add(message);
        }
    }

    internal void Check()
    {
        if (Violations() is { Count: > 0 } violations)
            throw new ArgumentException(string.Join(' ', violations));
    }
}
