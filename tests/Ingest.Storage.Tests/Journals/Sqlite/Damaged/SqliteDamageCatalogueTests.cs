using System.Globalization;
using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>
/// Every class of damage to every file of a journal, by seeds. Afterwards either everything that was committed is there, byte
/// for byte, or an error names the file and says what to do. Never fewer commits in silence, other bytes, or another error.
/// </summary>
public sealed class SqliteDamageCatalogueTests
{
    private const int Page = Database.PageBytes;

    /// <summary>Of a log: a header of 24 bytes and a page.</summary>
    private const int Frame = 24 + Page;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("INGEST_TEST_LONG") == "1";

    /// <summary>Damages of a kind; with INGEST_TEST_LONG=1 enough for every page.</summary>
    private static readonly int PerKind = IsLong ? 500 : 8;

    private static readonly int Seeds = IsLong ? 1 : 1;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("journal.db", true, 0, Page)]
    [InlineData("journal.db", false, 0, Page)]
    [InlineData("journal.db-wal", false, 32, Frame)]
    [InlineData("journal.db-shm", false, 0, 8)]
    [InlineData("journal.mark", false, 0, 4)]
    [InlineData("journal.mark", true, 0, 4)]
    [InlineData("journal.id", false, 0, 8)]
    public async Task A_damaged_file_is_harmless_or_named(string file, bool closed, int header, int unit)
    {
        var tally = new SortedDictionary<string, (int Named, int Harmless)>(StringComparer.Ordinal);
        var wrong = new List<string>();
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var specimen = await Specimen.MakeAsync(seed, closed);
            var random = new Random(seed);
            var catalogue = new DamageCatalogue(specimen.Files[file], [.. specimen.Earlier(file)], header, unit, random);
            foreach (var damage in catalogue.Choose(PerKind))
            {
                var readOnly = random.Next(4) == 0;
                try
                {
                    var named = await IsNamedAsync(specimen, file, damage.Content(), readOnly).WaitAsync(Patience, Cancellation);
                    var (before, harmless) = tally.GetValueOrDefault(damage.Kind);
                    tally[damage.Kind] = named ? (before + 1, harmless) : (before, harmless + 1);
                }
                catch (Exception fault)
                {
                    wrong.Add($"{damage.Kind}, {damage.Where}, seed {seed}{(readOnly ? ", read-only" : "")}: {fault.GetType().Name}: {fault.Message.ReplaceLineEndings(" ")}");
                }
            }
        }

        foreach (var (kind, (named, harmless)) in tally)
            Progress.Write(string.Create(CultureInfo.InvariantCulture, $"{file}, {(closed ? "closed" : "killed")}, {kind}: {named} named, {harmless} harmless"));
        Assert.True(wrong.Count == 0, string.Create(CultureInfo.InvariantCulture, $"{wrong.Count} of them went wrong:\n{string.Join('\n', wrong.Take(50))}"));
        Assert.NotEmpty(tally);
    }

    /// <returns>True where an error names a file; false where everything is there.</returns>
    private static async Task<bool> IsNamedAsync(Specimen specimen, string file, byte[]? content, bool readOnly)
    {
        using var folder = new TemporaryFolder();
        specimen.CopyTo(folder);
        if (content is null)
            File.Delete(folder.Of(file));
        else
            await File.WriteAllBytesAsync(folder.Of(file), content, Cancellation);
        try
        {
            await using var journal = await SqliteJournal.OpenAsync(SqliteFixture.Options(folder) with { ReadOnly = readOnly });
            await specimen.History.CompareAsync(journal, Cancellation);
            return false;
        }
        catch (JournalCorruptException fault)
        {
            Assert.Contains(folder.Of("journal."), fault.Message, StringComparison.Ordinal);
            Assert.Matches("[Rr]estore|write this line into it", fault.Message);
            return true;
        }
    }
}
