using System.Text;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>What is added to the <c>collector</c> object of an event that comes again, unless it is there already.</summary>
public sealed class CollectorMark
{
    private CollectorMark(string name, string value)
    {
        Name = Encoding.UTF8.GetBytes(name);
        Member = Encoding.UTF8.GetBytes($"\"{name}\":{value}");
    }

    /// <summary>The member's name.</summary>
    public ReadOnlyMemory<byte> Name { get; }

    /// <summary>The member as JSON, name and value.</summary>
    public ReadOnlyMemory<byte> Member { get; }

    /// <summary>It was replayed from the quarantine.</summary>
    public static CollectorMark Replayed(Instant at) => new("replayed_at", $"\"{TextOf(at)}\"");

    /// <summary>Another region received it, and it came here then.</summary>
    /// <param name="region">The region's name, by <see cref="SourceName.IsValid"/>.</param>
    /// <param name="at">The time of its arrival here.</param>
    public static CollectorMark Relayed(string region, Instant at) =>
        new("relayed", $$"""{"region":"{{region}}","at":"{{TextOf(at)}}"}""");

    private static string TextOf(Instant at)
    {
        Span<byte> text = stackalloc byte[Instant.TextLength];
        at.Write(text);
        return Encoding.ASCII.GetString(text);
    }
}
