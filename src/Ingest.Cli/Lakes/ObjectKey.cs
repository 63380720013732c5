using System.Runtime.CompilerServices;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>An object of events in the lake, by what its key says.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Source">Its source.</param>
/// <param name="Hour">Its hour.</param>
internal sealed record ObjectKey(string Key, string Source, LakeHour Hour)
{
    /// <summary>What all keys of such objects end with.</summary>
    public const string Extension = ".json.gz";

    private const string SourceSegment = "/source=";

    /// <summary>The key without the folder of its stream and the extension: the same in every folder that speaks of the object.</summary>
    public string Stem => Key[(Key.IndexOf('/', StringComparison.Ordinal) + 1)..^Extension.Length];

    /// <summary>Reads a key; null where it is none of an object of events.</summary>
    public static ObjectKey? Read(string key)
    {
        if (!key.EndsWith(Extension, StringComparison.Ordinal) || !LakeLayout.TryReadKey(key, out var hour, out _))
            return null;
        var start = key.IndexOf(SourceSegment, StringComparison.Ordinal) + SourceSegment.Length;
        return new ObjectKey(key, key[start..key.IndexOf('/', start)], hour);
    }

    /// <summary>The objects of a stream, by source and hour.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="stream">Which stream.</param>
    /// <param name="source">Of this source alone; null for all.</param>
    /// <param name="span">Of these hours.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async IAsyncEnumerable<ObjectKey> ListAsync(
        ILake lake, LakeStream stream, string? source, HourSpan span, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var prefix = LakeLayout.Folder(stream) + (source is null ? "/" : $"{SourceSegment}{source}/");
        await foreach (var entry in lake.ListAsync(prefix, cancellation))
        {
            if (Read(entry.Key) is { } found && span.Contains(found.Hour))
                yield return found;
        }
    }
}
