namespace Ingest.Grains;

/// <summary>
/// Runs a loop beside a grain's turns for as long as the grain is active, and lets the balancer move the grain meanwhile.
/// A loop that fails ends the activation: another one, woken by the reminder at the latest, goes on from what is stored.
/// </summary>
internal sealed class GrainLoop(Balancer balancer) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private GrainId? _grain;

    /// <summary>Starts it; once, at the activation.</summary>
    /// <param name="grain">The grain that hosts it.</param>
    /// <param name="run">The loop; it ends by itself once its token is cancelled.</param>
    /// <param name="onFailure">Is told why it ended otherwise; from any thread.</param>
    public void Start(IGrainBase grain, Func<CancellationToken, Task> run, Action<Exception> onFailure)
    {
        var (context, stop) = (grain.GrainContext, _stop.Token);
        _running = Task.Run(() => RunAsync(context, run, onFailure, stop), CancellationToken.None);
        _grain = context.GrainId;
        balancer.Arrived(context.GrainId, grain.MigrateOnIdle);
    }

    /// <summary>Stops it, at the deactivation; where it was never started, does nothing.</summary>
    /// <param name="patience">Ends the wait for a loop that takes longer. Two activations at once harm none of these grains.</param>
    public async Task StopAsync(CancellationToken patience)
    {
        if (_grain is { } grain)
            balancer.Left(grain);
        await _stop.CancelAsync();
        await _running.WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        Dispose();
    }

    public void Dispose() => _stop.Dispose();

    private static async Task RunAsync(
        IGrainContext context, Func<CancellationToken, Task> run, Action<Exception> onFailure, CancellationToken stop)
    {
        try
        {
            await run(stop);
        }
        catch (Exception exception)
        {
            onFailure(exception);
            context.Deactivate(
                new DeactivationReason(DeactivationReasonCode.ApplicationError, exception, "its loop failed"), CancellationToken.None);
        }
    }
}
