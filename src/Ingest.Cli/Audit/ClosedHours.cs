using System.Runtime.CompilerServices;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>
/// The hours of one journal that its manifests describe, and where the manifests of each source are; not what is in them,
/// so that memory does not grow with the objects.
/// </summary>
internal sealed class ClosedHours(ILake lake, string journalId)
{
    private readonly SortedSet<LakeHour> _hours = [];
    private readonly SortedDictionary<string, SourceHours> _sources = new(StringComparer.Ordinal);

    // Those whose index is there and cannot be read.
    private readonly HashSet<LakeHour> _damaged = [];

    // Those that an index names and that are missing or damaged.
    private readonly HashSet<(LakeHour, string)> _unreadable = [];

    public string JournalId => journalId;

    /// <summary>Hours whose index is there.</summary>
    public IReadOnlySet<LakeHour> Hours => _hours;

    /// <summary>The first of them; there must be one, as for <see cref="Last"/>.</summary>
    public LakeHour First => _hours.Min;

    public LakeHour Last => _hours.Max;

    /// <summary>Sources that have a manifest in one of the hours.</summary>
    public IEnumerable<string> Sources => _sources.Keys;

    /// <summary>Hours between the first and the last without an index.</summary>
    public IEnumerable<LakeHour> Gaps()
    {
        for (var hour = First; hour < Last && _hours.Count > 0; hour = hour.Next)
        {
            if (!_hours.Contains(hour) && !_damaged.Contains(hour))
                yield return hour;
        }
    }

    /// <summary>Hours from a given one to the first that has an index; there must be one that has.</summary>
    public IEnumerable<LakeHour> Before(LakeHour from)
    {
        for (var hour = from; hour < First; hour = hour.Next)
        {
            if (!_damaged.Contains(hour))
                yield return hour;
        }
    }

    /// <summary>False where the manifest that would tell cannot be read.</summary>
    public bool CanJudge(LakeHour hour, string source) => !_unreadable.Contains((hour, source));

    public ExpectedVolume Volume(string source, LakeStream stream) =>
        _sources.TryGetValue(source, out var found) ? found.Volumes[(int)stream] : default;

    public void AddHour(LakeHour hour) => _hours.Add(hour);

    public void AddDamaged(LakeHour hour) => _damaged.Add(hour);

    public void AddUnreadable(LakeHour hour, string source) => _unreadable.Add((hour, source));

    public void Add(LakeHour hour, SourceManifest manifest)
    {
        if (!_sources.TryGetValue(manifest.Source, out var source))
            _sources[manifest.Source] = source = new SourceHours();
        source.Hours.Add(hour);
        foreach (var expected in manifest.Objects.Select(ExpectedObject.Of))
            source.Volumes[(int)expected.Stream] = source.Volumes[(int)expected.Stream].Plus(expected);
    }

    /// <summary>What the manifests of a source name, hour by hour, in the same order at every call.</summary>
    /// <exception cref="LakeUnavailableException">A manifest that was there cannot be read any more.</exception>
    public async IAsyncEnumerable<ExpectedObject> ObjectsAsync(
        string source, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (!_sources.TryGetValue(source, out var found))
            yield break;
        foreach (var hour in found.Hours)
        {
            foreach (var expected in await ReadAsync(hour, source, cancellation))
                yield return expected;
        }
    }

    /// <summary>Keys of the objects of a source in an hour.</summary>
    public async Task<IReadOnlySet<string>> KeysAsync(LakeHour hour, string source, CancellationToken cancellation) =>
        _sources.TryGetValue(source, out var found) && found.Hours.BinarySearch(hour) >= 0
            ? (await ReadAsync(hour, source, cancellation)).Select(expected => expected.Key).ToHashSet(StringComparer.Ordinal)
            : new HashSet<string>(StringComparer.Ordinal);

    private async Task<IEnumerable<ExpectedObject>> ReadAsync(LakeHour hour, string source, CancellationToken cancellation)
    {
        var key = LakeLayout.ManifestKey(hour, journalId, source);
        var found = await ManifestReader.ReadAsync(lake, key, ManifestFormat.Default.SourceManifest, cancellation);
        return found?.Content is { } manifest
            ? manifest.Objects.Select(ExpectedObject.Of)
            : throw new LakeUnavailableException($"{key} was there when the audit began, and cannot be read any more.");
    }

    private sealed class SourceHours
    {
        /// <summary>Ascending.</summary>
        public List<LakeHour> Hours { get; } = [];

        /// <summary>By stream.</summary>
        public ExpectedVolume[] Volumes { get; } = new ExpectedVolume[2];
    }
}
