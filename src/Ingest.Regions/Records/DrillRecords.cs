using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Regions;

/// <summary>
/// Drills, two objects each: one before the lever is moved, one after it is back. So a drill that was killed is found by whoever
/// looks next.
/// </summary>
public sealed class DrillRecords(ILake lake)
{
    private const string Folder = "region/drills/";
    private const string Began = "-began.json";
    private const string Ended = "-ended.json";
    private const int BytesMax = 64 << 10;

    /// <summary>Writes down that a drill begins. Only where this is confirmed may the lever be moved.</summary>
    public async Task<PutResult> BeginAsync(DrillRecord drill, CancellationToken cancellation) =>
        await PutAsync($"{Folder}{drill.Id}{Began}", drill, cancellation);

    /// <summary>Writes down that the lever is back.</summary>
    public async Task<PutResult> EndAsync(DrillRecord drill, CancellationToken cancellation) =>
        await PutAsync($"{Folder}{drill.Id}{Ended}", drill, cancellation);

    /// <summary>The newest drill that has not ended; null where there is none.</summary>
    /// <exception cref="LakeUnavailableException">The lake cannot be read.</exception>
    public async Task<DrillRecord?> FindOpenAsync(CancellationToken cancellation)
    {
        var open = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var entry in lake.ListAsync(Folder, cancellation))
        {
            if (entry.Key.EndsWith(Began, StringComparison.Ordinal))
                open.Add(entry.Key[..^Began.Length]);
            else if (entry.Key.EndsWith(Ended, StringComparison.Ordinal))
                open.Remove(entry.Key[..^Ended.Length]);
        }

        return open.Max is { } newest && await LakeText.ReadAsync(lake, newest + Began, BytesMax, cancellation) is { } bytes
            ? JsonSerializer.Deserialize(bytes, LeverRecordJson.Default.DrillRecord)
            : null;
    }

    private async Task<PutResult> PutAsync(string key, DrillRecord drill, CancellationToken cancellation) =>
        await lake.PutAsync(LakeText.Object(key, JsonSerializer.SerializeToUtf8Bytes(drill, LeverRecordJson.Default.DrillRecord)), cancellation);
}
