using System.Globalization;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>A real process spills and drains, is killed at any moment, and everything that it answered must be there.</summary>
public sealed class SpillKillTests
{
    private const int Writers = 6;

    private readonly HashSet<string> _present = new(StringComparer.Ordinal);
    private readonly HashSet<string> _inDoubt = new(StringComparer.Ordinal);
    private readonly HashSet<string> _removed = new(StringComparer.Ordinal);
    private int _stored;

    [Fact]
    public async Task Everything_answered_before_a_kill_is_there_and_what_was_removed_is_not()
    {
        const int Kills = 10;
        using var folder = new TemporaryFolder();
        var random = new Random(20_261_122);
        for (var kill = 0; kill < Kills; kill++)
        {
            // The first kills hit the creation of the file, the later ones its use.
            var lines = kill < 2 ? kill : random.Next(20, 400);
            await KilledProcess.RunAsync("Ingest.Storage.CrashChild.dll", ["spill", folder.Path, Writers.ToString(CultureInfo.InvariantCulture)], lines, Note);
            await VerifyAsync(folder);
        }

        Assert.True(_stored > 200, "The child wrote too little for the test to mean something.");
    }

    private void Note(string line)
    {
        var (word, id) = (line[..line.IndexOf(' ')], line[(line.IndexOf(' ') + 1)..]);
        switch (word)
        {
            case "stored":
                // It may have been removed before its answer was printed.
                if (!_inDoubt.Contains(id))
                    _present.Add(id);
                _stored++;
                break;
            case "removing":
                _present.Remove(id);
                _inDoubt.Add(id);
                break;
            case "removed":
                _removed.Add(id);
                break;
            default:
                throw new InvalidOperationException(line);
        }
    }

    private async Task VerifyAsync(TemporaryFolder folder)
    {
        await using var spill = await SpillFixture.OpenAsync(folder);
        Assert.Equal(0, spill.Status.SetAside);
        var found = new List<string>();
        for (var writer = 0; writer < Writers; writer++)
        {
            var others = Enumerable.Range(0, Writers).Where(other => other != writer).Select(SpillChild.SourceOf).ToArray();
            var batches = await SpillFixture.ReadAsync(spill, countMax: int.MaxValue, without: others);
            var ids = batches.Select(SpillChild.IdOf).ToList();
            Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
            foreach (var spilled in batches)
            {
                var number = long.Parse(SpillChild.IdOf(spilled).Split(' ')[1], CultureInfo.InvariantCulture);
                using var expected = SpillChild.BatchOf(spilled.Source, number);
                Assert.Equal(expected[expected.Events[0].Payload].ToArray(), spilled.Batch[spilled.Batch.Events[0].Payload].ToArray());
                spilled.Dispose();
            }

            // One more of each writer may be there unanswered; what was once read must stay.
            Assert.InRange(ids.Count(id => !_present.Contains(id) && !_inDoubt.Contains(id)), 0, 1);
            found.AddRange(ids);
        }

        Assert.Equal(found.Count, spill.Status.Batches);
        Assert.DoesNotContain(found, _removed.Contains);
        Assert.Subset(found.ToHashSet(StringComparer.Ordinal), _present);
        _present.UnionWith(found);
        _inDoubt.Clear();
    }
}
