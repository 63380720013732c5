namespace Ingest.Simulation;

/// <summary>A counter of what is in flight that goes below zero, and from then on reads as full for ever.</summary>
internal sealed class GateUnderflow() : Mistake("a counter underflows and reads full for ever")
{
    public override IFrontGate Gate(int requestsMax, long bytesMax) => new UnderflowingGate(requestsMax, bytesMax);

    private sealed class UnderflowingGate(int requestsMax, long bytesMax) : IFrontGate
    {
        private uint _requests;
        private ulong _bytes;

        public int Requests => (int)_requests;

        public long Bytes => (long)_bytes;

        public bool TryEnter()
        {
            if (_requests < requestsMax)
            {
                _requests++;
                return true;
            }

            // Nobody was let in, and yet somebody leaves.
            Leave();
            return false;
        }

        public bool TryReserve(long bytes)
        {
            if (_bytes + (ulong)bytes > (ulong)bytesMax)
                return false;
            _bytes += (ulong)bytes;
            return true;
        }

        public void Release(long bytes) => _bytes -= (ulong)bytes;

        public void Leave() => _requests--;
    }
}
