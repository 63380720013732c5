using Ingest.Engine;

namespace Ingest.Storage.Tests.Journals.Postgres;

public sealed class PostgresJournalTests(PostgresFixture fixture) : JournalConformance
{
    private string? _database;

    protected override async ValueTask<IJournal> OpenAsync()
    {
        _database ??= await fixture.NewJournalAsync();
        return await OpenSecondAsync();
    }

    protected override async ValueTask<IJournal> OpenSecondAsync() => await PostgresJournal.OpenAsync(PostgresFixture.Options(_database!), Cancellation);

    protected override async ValueTask CleanUpAsync() => await fixture.DropAsync(_database);
}
