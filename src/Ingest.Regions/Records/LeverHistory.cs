using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Regions;

/// <summary>
/// What happened to the lever, one object each in the lake of the region that did it or saw it:
/// <c>region/decisions/dt=2026-11-21/hr=20/WHO-MILLISECONDS.json</c>.
/// </summary>
public sealed class LeverHistory(ILake lake)
{
    private const string Folder = "region/decisions/";
    private const int BytesMax = 64 << 10;

    /// <summary>Writes a record. The same one twice is one.</summary>
    public async Task<PutResult> PutAsync(LeverRecord record, CancellationToken cancellation)
    {
        var hour = record.At.Hour;
        var who = string.Concat(record.By.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' ? c : '_'));
        var key = string.Create(
            CultureInfo.InvariantCulture, $"{Folder}dt={hour.Date}/hr={hour.HourOfDay}/{who}-{record.At.UnixMilliseconds:D13}.json");
        return await lake.PutAsync(LakeText.Object(key, JsonSerializer.SerializeToUtf8Bytes(record, LeverRecordJson.Default.LeverRecord)), cancellation);
    }

    /// <summary>The records since a moment, oldest first by the hour.</summary>
    /// <exception cref="LakeUnavailableException">The lake cannot be read.</exception>
    public async IAsyncEnumerable<LeverRecord> ReadAsync(Instant since, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var first = $"dt={since.Hour.Date}";
        await foreach (var day in lake.ListFoldersAsync(Folder, cancellation))
        {
            if (string.CompareOrdinal(day, first) < 0)
                continue;
            await foreach (var entry in lake.ListAsync($"{Folder}{day}/", cancellation))
            {
                if (await LakeText.ReadAsync(lake, entry.Key, BytesMax, cancellation) is { } bytes
                    && Read(bytes) is { } record && record.At.UnixMilliseconds >= since.UnixMilliseconds)
                {
                    yield return record;
                }
            }
        }
    }

    private static LeverRecord? Read(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, LeverRecordJson.Default.LeverRecord);
        }
        catch (JsonException)
        {
            // Of another release: it is no reason to show none.
            return null;
        }
    }
}
