using Ingest.Engine;

namespace Ingest.Storage.Tests.Journals.Postgres;

public sealed class PostgresJournalTests(PostgresFixture fixture) : JournalConformance
{
    private string? _database;

    [Fact]
    public async Task An_hour_that_is_under_way_by_the_databases_clock_is_not_closed_whatever_a_process_thinks()
    {
        var hour = Instant.From(TimeProvider.System.GetUtcNow()).Hour;
        Assert.Equal(JournalOutcome.Refused, (await Journal.CloseHourAsync(hour.Next, Cancellation)).Outcome);
        Assert.Null(await Journal.ReadClosedHourAsync(Cancellation));
        Assert.Equal(JournalResult.Committed, await Journal.CloseHourAsync(new LakeHour(hour.Number - 1), Cancellation));
    }

    protected override async ValueTask<IJournal> OpenAsync()
    {
        _database ??= await fixture.NewJournalAsync();
        return await OpenSecondAsync();
    }

    protected override async ValueTask<IJournal> OpenSecondAsync() => await PostgresJournal.OpenAsync(PostgresFixture.Options(_database!), Cancellation);

    protected override async ValueTask CleanUpAsync() => await fixture.DropAsync(_database);
}
