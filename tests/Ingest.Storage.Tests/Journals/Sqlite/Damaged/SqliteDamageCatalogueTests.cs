using System.Globalization;
using Ingest.Engine;
using Ingest.TestKit;
using Xunit.Sdk;

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

    /// <summary>Damages of a kind; with INGEST_TEST_LONG=1 most pages have their turn.</summary>
    private static readonly int PerKind = IsLong ? 60 : 5;

    private static readonly int Seeds = IsLong ? 3 : 1;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private enum Outcome
    {
        /// <summary>Everything is there.</summary>
        Harmless,

        /// <summary>The opening or a read named the file.</summary>
        Named,

        /// <summary>Only the full check found it, as an audit runs it.</summary>
        NamedByCheck,
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
        var tally = await RunAsync(file, closed, (header, unit), _ => true, isChecked: true);
        Assert.DoesNotContain(tally, entry => entry.Key.Outcome == Outcome.NamedByCheck);
    }

    /// <summary>The journal is taken for one that is too large to be checked whole at its opening.</summary>
    [Fact]
    public async Task A_lost_write_in_a_large_journal_is_harmless_or_named_or_found_by_the_full_check()
    {
        var tally = await RunAsync(
            "journal.db", closed: true, (0, Page), damage => damage.Kind.Contains("lost", StringComparison.Ordinal), isChecked: false);
        Assert.Contains(tally, entry => entry.Key.Outcome == Outcome.Named);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task Whatever_the_lock_file_holds_is_harmless(int bytes)
    {
        var specimen = await Specimen.MakeAsync(seed: 1, closed: false);
        Assert.Equal(Outcome.Harmless, await OutcomeAsync(specimen, "journal.lock", new byte[bytes], readOnly: false, isChecked: true));
    }

    private static async Task<SortedDictionary<(string Kind, Outcome Outcome), int>> RunAsync(
        string file, bool closed, (int Header, int Unit) layout, Func<FileDamage, bool> isWanted, bool isChecked)
    {
        var tally = new SortedDictionary<(string Kind, Outcome Outcome), int>();
        var wrong = new List<string>();
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var specimen = await Specimen.MakeAsync(seed, closed);
            var random = new Random(seed);
            var catalogue = new DamageCatalogue(specimen.Files[file], [.. specimen.Earlier(file)], layout.Header, layout.Unit, random);
            var perKind = file.EndsWith("-shm", StringComparison.Ordinal) ? 1 : PerKind; // Whatever happens to it, it is made anew.
            foreach (var damage in catalogue.Choose(perKind).Where(isWanted))
            {
                var readOnly = random.Next(4) == 0;
                try
                {
                    var outcome = await OutcomeAsync(specimen, file, damage.Content(), readOnly, isChecked).WaitAsync(Patience, Cancellation);
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

    private static async Task<Outcome> OutcomeAsync(Specimen specimen, string file, byte[]? content, bool readOnly, bool isChecked)
    {
        using var folder = new TemporaryFolder();
        specimen.CopyTo(folder);
        if (content is null)
            File.Delete(folder.Of(file));
        else
            await File.WriteAllBytesAsync(folder.Of(file), content, Cancellation);
        var options = SqliteFixture.Options(folder) with { ReadOnly = readOnly };
        try
        {
            await using var journal = await SqliteJournal.OpenAsync(isChecked ? options : options with { CheckAtOpenBytesMax = 0 });
            return await CompareAsync(specimen, journal, isChecked);
        }
        catch (JournalCorruptException fault)
        {
            Assert.Contains(folder.Of("journal."), fault.Message, StringComparison.Ordinal);
            Assert.Matches("[Rr]estore|write this line into it", fault.Message);
            return Outcome.Named;
        }
    }

    private static async Task<Outcome> CompareAsync(Specimen specimen, SqliteJournal journal, bool isChecked)
    {
        try
        {
            await specimen.History.CompareAsync(journal, Cancellation);
            return Outcome.Harmless;
        }
        catch (XunitException) when (!isChecked)
        {
            // An older state of a table that grows with time; nothing else may pass the opening.
            var findings = await journal.CheckAsync(Cancellation);
            Assert.Contains(findings, finding => finding.Contains("journal.db, table", StringComparison.Ordinal) || finding.Contains("index", StringComparison.Ordinal));
            return Outcome.NamedByCheck;
        }
    }
}
