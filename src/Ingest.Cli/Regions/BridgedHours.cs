using System.Text.Json.Serialization;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>What became of a receiver's events, by the hour of their receipt: from its lake alone.</summary>
internal sealed class BridgedHours
{
    private readonly SortedDictionary<LakeHour, BridgedHour> _hours = [];

    /// <summary>By hour; those without any are left out.</summary>
    public IReadOnlyCollection<BridgedHour> Rows => _hours.Values;

    /// <summary>Reads the records, and what still waits, of hours from <paramref name="from"/> on.</summary>
    /// <exception cref="LakeUnavailableException">The lake cannot be read.</exception>
    public static async Task<BridgedHours> ReadAsync(ILake lake, LakeHour from, CancellationToken cancellation)
    {
        var hours = new BridgedHours();
        await foreach (var day in lake.ListFoldersAsync(LakeLayout.Bridged + "/", cancellation))
        {
            if (string.CompareOrdinal(day, $"dt={from.Date}") >= 0)
                await hours.ReadDayAsync(lake, $"{LakeLayout.Bridged}/{day}/", from, cancellation);
        }

        await foreach (var entry in lake.ListAsync(LakeLayout.Relay + "/", cancellation))
        {
            if (LakeLayout.TryReadKey(entry.Key, out var hour, out _) && hour >= from)
                hours._hours[hour] = hours.Of(hour) with { Waiting = hours.Of(hour).Waiting + 1, WaitingBytes = hours.Of(hour).WaitingBytes + entry.Length };
        }

        return hours;
    }

    private async Task ReadDayAsync(ILake lake, string folder, LakeHour from, CancellationToken cancellation)
    {
        await foreach (var entry in lake.ListAsync(folder, cancellation))
        {
            if (await lake.FindAsync(entry.Key, RelayFormat.Default.BridgedObject, cancellation) is not { } record || record.Hour.Hour < from)
                continue;
            var hour = Of(record.Hour.Hour);
            _hours[record.Hour.Hour] = hour with
            {
                Objects = hour.Objects + 1,
                Events = hour.Events + record.Lines,
                Accepted = hour.Accepted + record.Accepted,
                Quarantined = hour.Quarantined + record.Quarantined,
                Duplicates = hour.Duplicates + record.Duplicates,
                LastDelivered = hour.LastDelivered is { } last ? Instant.Max(last, record.DeliveredAt) : record.DeliveredAt,
            };
        }
    }

    private BridgedHour Of(LakeHour hour) => _hours.GetValueOrDefault(hour) ?? new BridgedHour(hour.ToString(), 0, 0, 0, 0, 0, 0, 0, null);
}

/// <summary>One hour of a receiver.</summary>
/// <param name="Hour">The hour of receipt.</param>
/// <param name="Waiting">Objects that wait to be relayed.</param>
/// <param name="WaitingBytes">Their bytes.</param>
/// <param name="Objects">Objects that were relayed.</param>
/// <param name="Events">Their events.</param>
/// <param name="Accepted">Of those: new and valid at the primary.</param>
/// <param name="Quarantined">New and invalid.</param>
/// <param name="Duplicates">There before.</param>
/// <param name="LastDelivered">When the last object was confirmed.</param>
internal sealed record BridgedHour(
    string Hour, long Waiting, long WaitingBytes, long Objects, long Events, long Accepted, long Quarantined, long Duplicates, Instant? LastDelivered);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BridgedHour))]
internal sealed partial class BridgedHourJson : JsonSerializerContext;
