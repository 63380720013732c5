using System.Text.Json;
using Ingest.Schemas;

namespace Ingest.Fuzz;

/// <summary>
/// A schema compiles or is refused with a reason; a document gets the same judgement each time; and annotations, which say
/// nothing of validity, do not change it.
/// </summary>
internal sealed class SchemaSubject(PlantedFault fault) : ISubject
{
    private const string Same = "a document is judged the same each time";

    /// <summary>Bytes allocated for each byte of a schema: a keyword of 10 bytes is an object or two, its patterns have automata.</summary>
    private const int CompiledPerByte = 16 << 10;

    /// <summary>Bytes allocated for any schema: the metaschemas of its dialect may be read with it.</summary>
    private const int CompiledBase = 32 << 20;

    /// <summary>Bytes allocated for each set of Unicode characters in a pattern, by the framework's automata.</summary>
    private const int CompiledPerUnicodeSet = 256 << 20;

    /// <summary>Bytes allocated for each byte of a document, where patterns build their automata as they go.</summary>
    private const int JudgedPerByte = 1 << 10;

    private const int JudgedBase = 16 << 20;

    /// <summary>Of so many schemas one is compiled again with annotations, which takes the most time.</summary>
    private const int CompareOneIn = 3;

    // Less work than in the product, so that inputs which use all of it do not take all the time.
    private static readonly SchemaOptions Options = new()
    {
        AssertFormat = true,
        Limits = new SchemaLimits { WorkMax = 100_000, SubschemasMax = 2_000, PatternsMax = 50 },
    };

    public ulong Try(byte[] input)
    {
        var at = Array.IndexOf(input, SchemaCorpus.Separator);
        if (at < 0)
            return 0;
        var (text, document) = (input[..at], input[(at + 1)..]);
        var signal = new Signal();
        if (Compile(text, out var refusal) is not { } schema)
        {
            signal.AddMessage(refusal!);
            return signal.Value;
        }
        var (isValid, errors) = Judge(schema, text, document);
        CheckErrors(document, isValid, errors);
        foreach (var error in errors ?? [])
            signal.AddMessage(error.Message);
        signal.Add(isValid ? 1ul : 2ul);

        Compare(Judge(schema, text, document), isValid, errors, Same);
        if (text.Length % CompareOneIn == 0 && Annotations.Add(text) is { } annotated)
        {
            var same = Compile(annotated, out refusal)
                ?? throw new PropertyException("annotations change nothing", $"the schema is refused: {refusal}");
            Compare(Judge(same, annotated, document), isValid, errors, "annotations change nothing");
        }
        return signal.Value;
    }

    public void Dispose()
    {
    }

    private static JsonSchema? Compile(byte[] text, out string? refusal)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        JsonSchema? schema = null;
        refusal = null;
        try
        {
            schema = JsonSchema.Compile(text, Options);
        }
        catch (SchemaException e)
        {
            refusal = e.Message;
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        PropertyException.Require(
            allocated <= ((long)CompiledPerByte * text.Length) + CompiledBase + (CompiledPerUnicodeSet * UnicodeSets(text)),
            "compiling allocates in proportion to the schema", $"{allocated} bytes for {text.Length}");
        return schema;
    }

    private static long UnicodeSets(ReadOnlySpan<byte> text) => text.Count("\\\\p"u8) + text.Count("\\\\P"u8);

    private (bool IsValid, List<SchemaError>? Errors) Judge(JsonSchema schema, byte[] text, byte[] document)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        List<SchemaError>? errors = null;
        var isValid = fault.Validate(schema, text, document, ref errors);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        PropertyException.Require(
            allocated <= ((long)JudgedPerByte * document.Length) + JudgedBase,
            "judging allocates in proportion to the document", $"{allocated} bytes for {document.Length}");
        return (isValid, errors);
    }

    private static void CheckErrors(byte[] document, bool isValid, List<SchemaError>? errors)
    {
        const string explained = "what is refused has reasons, within limits";
        PropertyException.Require(isValid == errors is null or { Count: 0 }, explained, $"{isValid} with {errors?.Count ?? 0} errors");
        foreach (var error in errors ?? [])
        {
            PropertyException.Require(
                error.Message.Length is > 0 && error.Message.Length <= Options.Limits.MessageCharsMax
                && (error.InstanceLocation.Length == 0 || error.InstanceLocation[0] == '/'),
                explained, error.ToString());
        }
        PropertyException.Require((errors?.Count ?? 0) <= Options.Limits.ErrorsMax, explained, $"{errors?.Count} errors");
        if (!isValid)
            return;
        try
        {
            JsonDocument.Parse(document).Dispose();
        }
        catch (JsonException e)
        {
            throw new PropertyException("what is valid is JSON", e.Message);
        }
    }

    private static void Compare((bool IsValid, List<SchemaError>? Errors) other, bool isValid, List<SchemaError>? errors, string property)
    {
        // A match that was given up by the clock may be given up or not.
        if ((errors ?? []).Concat(other.Errors ?? []).Any(error => error.Message.Contains("ms: simplify the pattern", StringComparison.Ordinal)))
            return;
        PropertyException.Require(other.IsValid == isValid, property, $"it is {(isValid ? "valid" : "invalid")}, then not");
        PropertyException.Require((other.Errors ?? []).SequenceEqual(errors ?? []), property, "for other reasons");
    }
}
