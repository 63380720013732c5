using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

public sealed class SqliteJournalTests : JournalConformance
{
    private readonly TemporaryFolder _folder = new();

    protected override async ValueTask<IJournal> OpenAsync() =>
        await SqliteJournal.OpenAsync(SqliteFixture.Options(_folder) with { CheckAtOpenBytesMax = long.MaxValue });

    /// <summary>One process owns the folder, so two activations share its one handle.</summary>
    protected override ValueTask<IJournal> OpenSecondAsync() => ValueTask.FromResult(Journal);

    protected override async ValueTask AssertSoundAsync()
    {
        Assert.Empty(await ((SqliteJournal)Journal).CheckAsync(Cancellation));
        await ReopenAsync();
        Assert.Empty(await ((SqliteJournal)Journal).CheckAsync(Cancellation));
    }

    protected override ValueTask CleanUpAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
