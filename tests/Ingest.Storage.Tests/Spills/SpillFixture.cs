using System.Text;
using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>Opens spills for tests, fills them and reads them to the end.</summary>
internal static class SpillFixture
{
    public static readonly Instant Start = new(1_763_000_000_000);

    private static readonly HashSet<string> Nothing = new(StringComparer.Ordinal);

    public static SpillOptions Options(TemporaryFolder folder) => new() { Folder = folder.Path, ReserveBytes = 0 };

    public static Task<SqliteSpill> OpenAsync(TemporaryFolder folder) => SqliteSpill.OpenAsync(Options(folder));

    public static async Task<JournalResult> AppendAsync(SqliteSpill spill, string source, params string[] ids)
    {
        using var batch = TestEvents.Batch(ids);
        return await spill.AppendAsync(source, batch, Start);
    }

    public static async Task StoreAsync(SqliteSpill spill, string source, params string[] ids) =>
        Assert.Equal(JournalResult.Committed, await AppendAsync(spill, source, ids));

    public static async Task<IReadOnlyList<SpilledBatch>> ReadAsync(SqliteSpill spill, int countMax = 1_000, int bytesMax = int.MaxValue, params string[] without) =>
        await spill.ReadOldestAsync(without.ToHashSet(StringComparer.Ordinal), countMax, bytesMax);

    public static string[] IdsOf(SpilledBatch spilled) =>
        [.. spilled.Batch.Events.ToArray().Select(entry => Encoding.UTF8.GetString(spilled.Batch[entry.Id]))];

    /// <summary>Reads and removes until nothing is left: "SOURCE ID" for each event.</summary>
    public static async Task<List<string>> DrainAsync(SqliteSpill spill, int countMax = 1_000)
    {
        var drained = new List<string>();
        while (await spill.ReadOldestAsync(Nothing, countMax, 1 << 20) is { Count: > 0 } batches)
        {
            drained.AddRange(batches.SelectMany(spilled => IdsOf(spilled).Select(id => $"{spilled.Source} {id}")));
            Assert.Equal(JournalResult.Committed, await spill.RemoveAsync(batches));
            foreach (var spilled in batches)
                spilled.Dispose();
        }

        return drained;
    }
}
