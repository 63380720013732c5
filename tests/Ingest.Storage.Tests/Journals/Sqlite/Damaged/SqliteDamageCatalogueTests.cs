using System.Globalization;
using Ingest.Engine;
using Ingest.TestKit;
using Xunit.Sdk;

namespace Ingest.Storage.Tests;

/// <summary>
/// Every class of damage to every file of a journal, by seeds. Afterwards either everything that was committed is there, byte
/// for byte, or an error names the file and says what to do. Never fewer commits in silence, other bytes, or another error.
/// </summary>
/// <remarks>
/// One thing is not noticed: a page with rows of the ledger, of shipped batches or of the closed hour that the disk left as it
/// was before. The records are older then than they should be, but every event is there.
/// </remarks>
public sealed class SqliteDamageCatalogueTests
{
    private const int Page = Database.PageBytes;

    /// <summary>Of a log: a header of 24 bytes and a page.</summary>
    private const int Frame = 24 + Page;

    /// <summary>Damages of a kind; with INGEST_TEST_LONG=1 most pages have their turn.</summary>
    private static readonly int PerKind = LongRun.IsWanted ? 60 : 5;

    private static readonly int Seeds = LongRun.IsWanted ? 3 : 1;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private enum Outcome
    {
        /// <summary>Everything is there.</summary>
        Harmless,

        /// <summary>The opening or a read named the file.</summary>
        Named,

        /// <summary>Every event is there, but records of them are wrong: named by the full check, or of an older state.</summary>
        RecordsDiffer,
    }

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
        var tally = await RunAsync(file, closed, (header, unit), SqliteFixture.Options);
        Assert.True(tally.Count > 5, "Too few damages for the test to mean something.");
    }

    /// <summary>The journal is taken for one that is too large for its structure to be checked at its opening.</summary>
    [Fact]
    public async Task Neither_does_a_large_journal_pass_for_whole() =>
        Assert.Contains(
            await RunAsync("journal.db", closed: true, (0, Page), folder => SqliteFixture.Options(folder) with { CheckAtOpenBytesMax = 0 }),
            entry => entry.Key.Outcome == Outcome.Named);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task Whatever_the_lock_file_holds_is_harmless(int bytes)
    {
        var specimen = await Specimen.MakeAsync(seed: 1, closed: false);
        Assert.Equal(Outcome.Harmless, await OutcomeAsync(specimen, "journal.lock", new FileDamage("filled", "", () => new byte[bytes]), SqliteFixture.Options));
    }

    private static async Task<SortedDictionary<(string Kind, Outcome Outcome), int>> RunAsync(
        string file, bool closed, (int Header, int Unit) layout, Func<TemporaryFolder, SqliteJournalOptions> options)
    {
        var tally = new SortedDictionary<(string Kind, Outcome Outcome), int>();
        var wrong = new List<string>();
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var specimen = await Specimen.MakeAsync(seed, closed);
            var random = new Random(seed);
            var catalogue = new DamageCatalogue(specimen.Files[file], [.. specimen.Earlier(file)], layout.Header, layout.Unit, random);
            var perKind = file.EndsWith("-shm", StringComparison.Ordinal) ? 1 : PerKind; // Whatever happens to it, it is made anew.
            foreach (var damage in catalogue.Choose(perKind))
            {
                var readOnly = random.Next(4) == 0;
                try
                {
                    var outcome = await OutcomeAsync(specimen, file, damage, folder => options(folder) with { ReadOnly = readOnly }).WaitAsync(Patience, Cancellation);
                    tally[(damage.Kind, outcome)] = tally.GetValueOrDefault((damage.Kind, outcome)) + 1;
                }
                catch (Exception fault)
                {
                    wrong.Add($"{damage.Kind}, {damage.Where}, seed {seed}{(readOnly ? ", read-only" : "")}: {fault.GetType().Name}: {fault.Message.ReplaceLineEndings(" ")}");
                }
            }
        }

        foreach (var ((kind, outcome), count) in tally)
            Progress.Write(string.Create(CultureInfo.InvariantCulture, $"{file}, {(closed ? "closed" : "killed")}, {kind}: {outcome} {count}"));
        Assert.True(wrong.Count == 0, string.Create(CultureInfo.InvariantCulture, $"{wrong.Count} went wrong:\n{string.Join('\n', wrong.Take(50))}"));
        return tally;
    }

    private static async Task<Outcome> OutcomeAsync(
        Specimen specimen, string file, FileDamage damage, Func<TemporaryFolder, SqliteJournalOptions> options)
    {
        using var folder = new TemporaryFolder();
        specimen.CopyTo(folder);
        if (damage.Content() is { } content)
            await File.WriteAllBytesAsync(folder.Of(file), content, Cancellation);
        else
            File.Delete(folder.Of(file));
        try
        {
            await using var journal = await SqliteJournal.OpenAsync(options(folder));
            await specimen.History.CompareEventsAsync(journal, Cancellation);
            return await CompareRecordsAsync(specimen, journal, damage);
        }
        catch (JournalCorruptException fault)
        {
            Assert.Contains(folder.Of("journal."), fault.Message, StringComparison.Ordinal);
            Assert.Matches("[Rr]estore|write this line into it", fault.Message);
            return Outcome.Named;
        }
    }

    private static async Task<Outcome> CompareRecordsAsync(Specimen specimen, SqliteJournal journal, FileDamage damage)
    {
        try
        {
            await specimen.History.CompareRecordsAsync(journal, Cancellation);
            return Outcome.Harmless;
        }
        catch (XunitException)
        {
            var isOlder = damage.Kind.Contains("lost", StringComparison.Ordinal) || damage.Kind.Contains("old half", StringComparison.Ordinal);
            if (!isOlder && (await journal.CheckAsync(Cancellation)).Count == 0)
                throw;

            return Outcome.RecordsDiffer;
        }
    }
}
