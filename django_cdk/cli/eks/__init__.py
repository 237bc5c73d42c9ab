"""An application on EKS, handled through kubectl."""
