namespace Ingest.Simulation;

/// <summary>Waits until nothing is wrong any more; not for ever.</summary>
internal static class Patient
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(20);

    /// <param name="simulation">Where the rule is broken that takes too long.</param>
    /// <param name="clock">Of the process that waits.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="what">What is wrong; null where nothing is.</param>
    public static async Task UntilAsync(Simulation simulation, TimeProvider clock, string rule, Func<ValueTask<string?>> what)
    {
        var deadline = simulation.Now + Longest;
        while (await what() is { } wrong)
        {
            if (simulation.Now > deadline)
            {
                simulation.Fail(rule, wrong);
                return;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), clock);
        }
    }
}
