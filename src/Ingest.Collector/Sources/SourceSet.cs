using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>Sources that are in force together, and which of them takes a tracker event. Immutable.</summary>
public sealed class SourceSet
{
    /// <summary>Longest app id that can be claimed, in bytes of UTF-8.</summary>
    public const int AppIdLengthMax = 255;

    private readonly FrozenDictionary<string, Source>.AlternateLookup<ReadOnlySpan<char>> _byName;
    private readonly FrozenDictionary<string, Source> _byPath;
    private readonly FrozenDictionary<string, Source>.AlternateLookup<ReadOnlySpan<char>> _byAppId;
    private readonly Source _otherwise;

    /// <param name="sources">The configured sources: names, paths and app ids distinct, at most one default.</param>
    /// <param name="unclaimedValidator">Validator of the built-in source; its events are in the quarantine anyway.</param>
    public SourceSet(IReadOnlyCollection<Source> sources, IEventValidator unclaimedValidator)
    {
        var unclaimed = new Source { Name = Source.UnclaimedName, Validator = unclaimedValidator };
        All = [.. sources.Append(unclaimed).OrderBy(s => s.Name, StringComparer.Ordinal)];
        _byName = All.ToFrozenDictionary(s => s.Name, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        _byPath = Claims(s => s.Paths);
        _byAppId = Claims(s => s.AppIds).GetAlternateLookup<ReadOnlySpan<char>>();
        _otherwise = sources.SingleOrDefault(s => s.Snowplow is { IsDefault: true }) ?? unclaimed;
    }

    /// <summary>Every source by name, the built-in one included.</summary>
    public IReadOnlyList<Source> All { get; }

    public bool TryGet(ReadOnlySpan<char> name, [NotNullWhen(true)] out Source? source) => _byName.TryGetValue(name, out source);

    /// <summary>The source that has this tracker path as its own.</summary>
    public bool TryGetByPath(string path, [NotNullWhen(true)] out Source? source) =>
        _byPath.TryGetValue(path, out source);

    /// <summary>The source that takes tracker events of this app id: who claims it, else the default, else the built-in one.</summary>
    /// <param name="appId">The app id as UTF-8; may be empty.</param>
    public Source OfAppId(ReadOnlySpan<byte> appId)
    {
        if (appId.Length is 0 or > AppIdLengthMax)
            return _otherwise;
        Span<char> text = stackalloc char[AppIdLengthMax];
        var length = Encoding.UTF8.GetChars(appId, text);
        return _byAppId.TryGetValue(text[..length], out var source) ? source : _otherwise;
    }

    private FrozenDictionary<string, Source> Claims(Func<SnowplowClaims, IReadOnlyList<string>> claims) =>
        All.Where(s => s.Snowplow is not null)
            .SelectMany(s => claims(s.Snowplow!).Select(claim => (claim, source: s)))
            .ToFrozenDictionary(c => c.claim, c => c.source, StringComparer.Ordinal);
}
