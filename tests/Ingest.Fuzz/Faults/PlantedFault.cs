using Ingest.Engine;
using Ingest.Schemas;
using Microsoft.AspNetCore.Http;

namespace Ingest.Fuzz;

/// <summary>A mistake made on purpose, to show that the properties see it. This one is none.</summary>
/// <param name="name">What is done wrong, in a few words.</param>
/// <param name="target">Name of the target in which it is.</param>
internal class PlantedFault(string name, string target)
{
    public static PlantedFault None { get; } = new("none", "");

    /// <summary>All that can be made.</summary>
    public static IReadOnlyList<PlantedFault> All { get; } =
    [
        new IntakeFault("drops the last byte of a payload", "json", IntakeFaults.DropLastByte),
        new IntakeFault("swallows one event of many", "json", IntakeFaults.SwallowOne),
        new IntakeFault("ignores a broken line", "json", IntakeFaults.IgnoreBroken),
        new IntakeFault("takes an empty id for every third event", "json", IntakeFaults.SameId),
        new IntakeFault("swallows one event of a payload", "tracker", IntakeFaults.SwallowOne),
        new IntakeFault("allocates for each level of nesting", "json", IntakeFaults.AllocateByDepth),
        new IntakeFault("throws at half a surrogate pair", "json", IntakeFaults.ThrowAtHalfPair),
        new FirstMemberOnly(),
        new LineFault("leaves line feeds in a line", "json", LineFaults.KeepLineFeeds),
        new LineFault("escapes twice", "json", LineFaults.EscapeTwice),
        new LineFault("cuts a long line", "json", LineFaults.Cut),
        new CodecFault("loses the documents to validate", CodecFaults.LoseChecks),
        new CodecFault("believes a length", CodecFaults.BelieveLength),
        new SchemaFault("forgets a rule once it was used", SchemaFaults.Forget),
        new SchemaFault("takes an annotation for a rule", SchemaFaults.JudgeByTitle),
    ];

    public string Name { get; } = name;

    public string Target { get; } = target;

    /// <summary>A mistake between the collector and the engine.</summary>
    public virtual IIntake Wrap(IIntake intake) => intake;

    /// <summary>A mistake before the collector.</summary>
    public virtual RequestDelegate Wrap(RequestDelegate handle) => handle;

    /// <summary>A mistake in how a line is written.</summary>
    public virtual byte[] Change(byte[] line) => line;

    /// <summary>A mistake in how a batch is read from the wire.</summary>
    public virtual EventBatch Read(ref ReadOnlySpan<byte> wire) => EventBatchCodec.Read(ref wire);

    /// <summary>A mistake in how a document is judged.</summary>
    public virtual bool Validate(JsonSchema schema, byte[] text, byte[] document, ref List<SchemaError>? errors) =>
        schema.Validate(document, ref errors);

    public override string ToString() => Name;
}
