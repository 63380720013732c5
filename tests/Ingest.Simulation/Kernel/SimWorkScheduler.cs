using Ingest.Hosting;

namespace Ingest.Simulation;

/// <summary>The thread pool of a simulated process.</summary>
internal sealed class SimWorkScheduler(Simulation simulation, SimProcess process) : IWorkScheduler
{
    public Random Random { get; } = new(simulation.Chance.Seed());

    public void Queue(IThreadPoolWorkItem turn) => process.Post(static turn => ((IThreadPoolWorkItem)turn!).Execute(), turn);

    public Task Run(Func<Task> work)
    {
        var done = new TaskCompletionSource();
        process.Post(() => _ = RunAsync(work, done));
        return done.Task;
    }

    public Task RunBulk(Func<Task> work) => Run(work);

    private async Task RunAsync(Func<Task> work, TaskCompletionSource done)
    {
        try
        {
            await work();
            done.SetResult();
        }
        catch (OperationCanceledException)
        {
            done.SetCanceled();
        }
        catch (Exception exception)
        {
            // Nobody looks at the end of such work, so a loop would have ended unseen.
            simulation.Fail("no fault escapes", $"{process.Name}: {exception}");
            done.SetException(exception);
        }
    }
}
