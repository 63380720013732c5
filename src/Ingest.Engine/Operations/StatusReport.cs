using System.Text.Json.Serialization;

namespace Ingest.Engine;

/// <summary>What an operator sees of one node: the body of <c>GET /admin/status</c> and what <c>ingest status</c> shows.</summary>
/// <param name="Url">Where it takes events; null when it is not running.</param>
/// <param name="StartedAt">When it was ready; null when it is not running.</param>
/// <param name="NotReady">Why it cannot store events now; null when it can.</param>
/// <param name="Lake">The lake, for people.</param>
/// <param name="JournalId">The journal's id, as it stands in keys.</param>
/// <param name="Journal">How much waits.</param>
/// <param name="Shipping">The way to the lake; null when it is not running.</param>
/// <param name="Sources">Events by source, of the hours from <paramref name="Since"/> on.</param>
/// <param name="Since">The first hour counted.</param>
/// <param name="Violations">What does not add up in the ledger; empty when everything does.</param>
/// <param name="Partitions">Partitions in memory.</param>
/// <param name="DedupeIds">Ids in their dedupe windows.</param>
/// <param name="Answers">Requests by answer, since the start, of the process asked.</param>
/// <param name="Silos">The processes of the cluster; empty for a single process.</param>
/// <param name="Manifests">Manifests of hours that are over; null when it is not running, or does not say.</param>
/// <param name="Region">The region among several; null for a lone one.</param>
/// <param name="Lever">The lever between regions; null when there is none, or it is not known.</param>
/// <param name="Process">What the process asked has taken; null when it is not running.</param>
public sealed record StatusReport(
    string? Url,
    Instant? StartedAt,
    string? NotReady,
    string Lake,
    string JournalId,
    JournalStatus Journal,
    ShippingReport? Shipping,
    IReadOnlyList<SourceReport> Sources,
    Instant Since,
    IReadOnlyList<string> Violations,
    int Partitions,
    long DedupeIds,
    IReadOnlyDictionary<string, long> Answers,
    IReadOnlyList<SiloReport> Silos,
    ManifestReport? Manifests = null,
    RegionReport? Region = null,
    LeverReport? Lever = null,
    ProcessReport? Process = null);

/// <summary>What an operator sees of a region among several.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Role">What it does with the events that it takes.</param>
/// <param name="PromotedAt">When it was promoted; null where it was not.</param>
/// <param name="Primary">URL of its primary, as it was told; null for a primary.</param>
/// <param name="TakesRelays">True where other regions may relay to it.</param>
/// <param name="Bridge">Its bridge; null where nobody says.</param>
public sealed record RegionReport(
    string Name, RegionRole Role, Instant? PromotedAt, string? Primary, bool TakesRelays, BridgeReport? Bridge);

/// <summary>What an operator sees of the manifests.</summary>
/// <param name="LastHour">The last hour whose manifests are in the lake, such as <c>2026-11-21T20Z</c>; null before the first.</param>
/// <param name="WaitsFor">What the next hour waits for, where it is over; null when it is not.</param>
/// <param name="Failure">Why the last try failed; null when it did not.</param>
/// <param name="FailingSince">When the first of the failures on end was seen; null when there is none.</param>
public sealed record ManifestReport(string? LastHour, string? WaitsFor, string? Failure, Instant? FailingSince)
{
    public static ManifestReport None { get; } = new(null, null, null, null);
}

/// <summary>What an operator sees of one process of a cluster.</summary>
/// <param name="Name">The silo's name.</param>
/// <param name="Address">Its address within the cluster.</param>
/// <param name="Roles"><c>frontend</c>, <c>worker</c> or <c>all</c>.</param>
/// <param name="State"><see cref="Active"/>, <c>joining</c>, <c>leaving</c> or <see cref="NotAnswering"/>.</param>
/// <param name="NotReady">Why it cannot store events now; null when it can.</param>
/// <param name="Partitions">Partitions in its memory.</param>
/// <param name="DedupeIds">Ids in their dedupe windows.</param>
/// <param name="Lanes">Numbers of the lanes that ship from there.</param>
/// <param name="Spill">What it holds on its own disk; null where it has no spill.</param>
public sealed record SiloReport(
    string Name,
    string Address,
    string Roles,
    string State,
    string? NotReady,
    int Partitions,
    long DedupeIds,
    IReadOnlyList<int> Lanes,
    SpillReport? Spill = null)
{
    public const string Active = "active";

    /// <summary>The others count on it, and it says nothing.</summary>
    public const string NotAnswering = "not answering";
}

/// <summary>Events that one process keeps on its own disk until the journal can be reached again.</summary>
/// <param name="Events">Events that wait there.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="BytesMax">Most bytes that it takes.</param>
/// <param name="OldestReceived">When the oldest of them was received; null when none waits.</param>
/// <param name="Drained">Events that went from there into the journal since the start.</param>
/// <param name="SetAside">Requests in it that are damaged, and wait for a person.</param>
/// <param name="JournalAway">Why events go there now; null when they go into the journal.</param>
public sealed record SpillReport(
    long Events, long Bytes, long BytesMax, Instant? OldestReceived, long Drained, long SetAside, string? JournalAway);

/// <summary>The way to the lake.</summary>
/// <param name="Breaker"><c>closed</c> while the lake works, else <c>open</c> or <c>half-open</c>.</param>
/// <param name="BreakerSince">Since when; null before the first change.</param>
/// <param name="LastSuccess">When the lake last took an object; null before the first.</param>
/// <param name="LastFailure">When something last failed; null before the first.</param>
/// <param name="LastFailureDetail">What the lake or the journal said then.</param>
/// <param name="InFlight">Objects being put now.</param>
/// <param name="SetAside">Batches that need a person: which, and why.</param>
public sealed record ShippingReport(
    string Breaker,
    Instant? BreakerSince,
    Instant? LastSuccess,
    Instant? LastFailure,
    string? LastFailureDetail,
    int InFlight,
    IReadOnlyList<string> SetAside);

/// <summary>Events of one source, summed over partitions and hours.</summary>
/// <param name="Source">The source's name.</param>
/// <param name="Received">Events that reached it.</param>
/// <param name="Good">Accepted as valid.</param>
/// <param name="Quarantined">Accepted as invalid.</param>
/// <param name="Duplicates">Accepted before.</param>
/// <param name="Refused">Answered 503; their clients send again.</param>
/// <param name="Shipped">Confirmed by the lake, both streams.</param>
/// <param name="Pending">In the journal, on the way to the lake.</param>
public sealed record SourceReport(
    string Source, long Received, long Good, long Quarantined, long Duplicates, long Refused, long Shipped, long Pending)
{
    /// <summary>How far back a report counts: with the hour under way, a day.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(23);

    /// <summary>Sums ledger rows by source and checks each (rule 8).</summary>
    public static async Task<(IReadOnlyList<SourceReport> Sources, IReadOnlyList<string> Violations)> SumAsync(
        IAsyncEnumerable<LedgerRow> rows)
    {
        var sources = new SortedDictionary<string, SourceReport>(StringComparer.Ordinal);
        var violations = new List<string>();
        await foreach (var row in rows)
        {
            violations.AddRange(Conservation.Violations(row));
            var name = row.Partition.Source;
            var sum = sources.GetValueOrDefault(name) ?? new SourceReport(name, 0, 0, 0, 0, 0, 0, 0);
            sources[name] = sum with
            {
                Received = sum.Received + row.Counts.Received,
                Good = sum.Good + row.Counts.Good,
                Quarantined = sum.Quarantined + row.Counts.Quarantined,
                Duplicates = sum.Duplicates + row.Counts.Duplicates,
                Refused = sum.Refused + row.Counts.Refused,
                Shipped = sum.Shipped + row.ShippedGood + row.ShippedQuarantined,
                Pending = sum.Pending + row.PendingGood + row.PendingQuarantined,
            };
        }

        return ([.. sources.Values], violations);
    }
}

/// <summary>How a <see cref="StatusReport"/> is written as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StatusReport))]
public sealed partial class StatusJson : JsonSerializerContext;
