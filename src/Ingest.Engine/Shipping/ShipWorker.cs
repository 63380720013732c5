namespace Ingest.Engine;

/// <summary>
/// Does what <see cref="ShipStep.Ship"/> asks for: reads the batch, puts it, tells the journal. Every runtime uses this
/// one routine. Safe to call at once for different batches.
/// </summary>
/// <param name="journal">Where batches come from and where confirmations go.</param>
/// <param name="lake">Where they go.</param>
/// <param name="limits">Time-outs and the size of the buffer.</param>
/// <param name="time">The host's clock and timers.</param>
public sealed class ShipWorker(IJournal journal, ILake lake, Limits limits, TimeProvider time)
{
    /// <summary>Ships a batch.</summary>
    /// <param name="step">What to ship.</param>
    /// <param name="stop">
    /// The host stops: reading and putting end at once. A confirmation is seen through, within <see
    /// cref="Limits.JournalTimeout"/>.
    /// </param>
    /// <returns>
    /// What to hand to <see cref="Shipper.Ended"/>. Every fault is a result, so that no batch stays in flight for ever.
    /// </returns>
    /// <exception cref="OperationCanceledException">The host stops; the journal still has the batch.</exception>
    public async Task<ShipResult> ShipAsync(ShipStep.Ship step, CancellationToken stop)
    {
        if (step.Stored is { } known)
            return await ConfirmAsync(step.Batch, known);

        try
        {
            using var body = await ReadAsync(step.Batch, stop);
            var (stored, put) = await PutAsync(step.Batch, body, stop);
            return put.IsConfirmed ? await ConfirmAsync(step.Batch, stored) : ShipResult.NotStored(put);
        }
        catch (JournalCorruptException damage)
        {
            return new ShipResult(ShipOutcome.Damaged, Detail: damage.Message);
        }
        catch (BatchNotPendingException gone)
        {
            return new ShipResult(ShipOutcome.Gone, Detail: gone.Message);
        }
        catch (JournalUnavailableException unavailable)
        {
            return new ShipResult(ShipOutcome.JournalUnavailable, Detail: unavailable.Message);
        }
    }

    private async Task<BatchBody> ReadAsync(Batch batch, CancellationToken stop)
    {
        using var deadline = new Deadline(limits.PutTimeout, time, stop);
        try
        {
            return await BatchBody.ReadAsync(journal, batch, limits.ShipBufferBytes, deadline.Token);
        }
        catch (Exception fault) when (IsForeign(fault, stop))
        {
            throw new JournalUnavailableException(deadline.Describe(fault), fault);
        }
    }

    private async Task<(ShippedObject Stored, PutResult Put)> PutAsync(
        Batch batch, BatchBody body, CancellationToken stop)
    {
        var key = LakeLayout.KeyOf(batch, journal.Id);
        using var deadline = new Deadline(limits.PutTimeout, time, stop);
        PutResult put;
        try
        {
            put = await lake.PutAsync(new LakeObject(key, batch.BodyBytes, body.Sha256, body.Read), deadline.Token);
        }
        catch (Exception fault) when (IsForeign(fault, stop))
        {
            put = new PutResult(PutOutcome.Unreachable, deadline.Describe(fault));
        }

        return (new ShippedObject(key, batch.BodyBytes, body.Sha256, Instant.From(time.GetUtcNow())), put);
    }

    private async Task<ShipResult> ConfirmAsync(Batch batch, ShippedObject stored)
    {
        using var deadline = new Deadline(limits.JournalTimeout, time, CancellationToken.None);
        try
        {
            var result = await journal.ConfirmAsync(batch.Id, stored, deadline.Token);
            return result.Outcome == JournalOutcome.Committed
                ? new ShipResult(ShipOutcome.Confirmed, stored)
                : new ShipResult(ShipOutcome.NotConfirmed, stored, $"{result.Outcome}: {result.Reason}");
        }
        catch (Exception fault)
        {
            // Whatever it was, the lake has the object: that must not be forgotten.
            return new ShipResult(ShipOutcome.NotConfirmed, stored, deadline.Describe(fault));
        }
    }

    /// <summary>
    /// Anything the ports do not promise, time-outs included: it must not end the host's loop either.
    /// </summary>
    private static bool IsForeign(Exception fault, CancellationToken stop) =>
        fault is not (JournalCorruptException or BatchNotPendingException or JournalUnavailableException)
        && !(fault is OperationCanceledException && stop.IsCancellationRequested);

    private sealed class Deadline : IDisposable
    {
        private readonly TimeSpan _length;
        private readonly CancellationTokenSource _timer;
        private readonly CancellationTokenSource _either;

        public Deadline(TimeSpan length, TimeProvider time, CancellationToken stop)
        {
            _length = length;
            _timer = new CancellationTokenSource(length, time);
            _either = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, stop);
        }

        public CancellationToken Token => _either.Token;

        public string Describe(Exception fault) => _timer.IsCancellationRequested && fault is OperationCanceledException
            ? $"No end within {_length}."
            : $"{fault.GetType().Name}: {fault.Message}";

        public void Dispose()
        {
            _either.Dispose();
            _timer.Dispose();
        }
    }
}
