namespace Ingest.Storage.Tests;

public abstract partial class JournalConformance
{
    /// <summary>Random histories, with restarts, against the model. The seed in the test's name repeats a failure.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_random_history_agrees_with_the_model(int seed)
    {
        var steps = JournalHistory.StepsOf(full: 1_000);
        var history = new JournalHistory(seed);
        for (var step = 0; step < steps; step++)
        {
            await history.StepAsync(Journal, Cancellation);
            if (step % 100 == 99)
                await history.CompareAsync(Journal, Cancellation);
            if (step % 250 == 249)
                await ReopenAsync();
        }

        await history.CompareAsync(Journal, Cancellation);
        await AssertConservedAsync();
    }
}
